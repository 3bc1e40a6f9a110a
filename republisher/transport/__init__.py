"""Documents from the web: one polite, suspicious client; see `docs/decisions/http-client.md`.

    request ──► place ──► turn of the host ──► resolve, check, connect ──► answer ──► decode ──► result
                  ▲                                                           │
                  └───────────────────── redirect, checked again ◄────────────┘

`values` costs nothing to import; `http` brings the HTTP library with it.
"""
