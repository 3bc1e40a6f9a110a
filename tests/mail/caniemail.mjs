// Which features of some mails do Gmail, Outlook and Apple Mail not have? Prints JSON: file -> features with clients.
// Core: what must work everywhere, so the style block (dark mode, telephones) and its announcements are left out.
import fs from 'node:fs'
import { caniemail } from 'caniemail'

const CLIENTS = [
  'apple-mail.macos', 'apple-mail.ios',
  'gmail.desktop-webmail', 'gmail.mobile-webmail', 'gmail.ios', 'gmail.android',
  'outlook.windows', 'outlook.outlook-com', 'outlook.macos', 'outlook.ios', 'outlook.android',
]
// The table has Outlook for macOS without <body>; it takes the element's contents, which is all that is wanted.
const ALLOWED = new Set(['<body> element@outlook.macos'])
const core = (html) => html.replace(/<style[\s\S]*?<\/style>/g, '').replace(/<meta name="(?:supported-)?color-schemes?"[^>]*>/g, '')

const faults = {}
for (const file of process.argv.slice(2)) {
  const html = core(fs.readFileSync(file, 'utf8'))
  const found = new Set()
  for (const client of CLIENTS) {
    let issues
    try {
      issues = caniemail({ clients: [client], html }).issues.errors
    } catch (error) {
      if (!(error instanceof RangeError)) throw error // 2.0.2 has no data for some features of this client
      found.add(`not judged@${client}`)
      continue
    }
    for (const [name, list] of issues) for (const { title } of list) found.add(`${title}@${name}`)
  }
  faults[file] = [...found].filter((one) => !ALLOWED.has(one))
}
console.log(JSON.stringify(faults))
