// Judges mails by axe-core in Chromium, in light and dark, on three widths, and looks for anything that sticks out.
// Prints JSON: file -> faults. With --shots FOLDER, takes pictures instead: telephone and desk, light and dark.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import puppeteer from 'puppeteer-core'

const WIDTHS = [320, 375, 800]
const SCHEMES = ['light', 'dark']
const TAGS = ['wcag2a', 'wcag2aa', 'wcag2aaa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']
// Off by default, on here; of a mail, the landmarks are those of the program around it.
const RULES = {
  'color-contrast-enhanced': { enabled: true }, 'identical-links-same-purpose': { enabled: true }, 'target-size': { enabled: true },
}

const shots = process.argv[2] === '--shots' ? process.argv[3] : null
const files = process.argv.slice(shots ? 4 : 2)
const axe = fs.readFileSync(new URL('./node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  userDataDir: fs.mkdtempSync(path.join(os.tmpdir(), 'judge-')),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
})
const judge = async (page, rules) => page.evaluate(async (tags, rules) => {
  const { violations, passes } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags }, rules })
  const said = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)} ${JSON.stringify(nodes[0].any[0]?.data ?? '').slice(0, 120)}`)
  if (!passes.some(({ id }) => id === 'color-contrast-enhanced')) said.push('contrast was not judged')
  const { scrollWidth, clientWidth } = document.documentElement
  return scrollWidth > clientWidth ? [...said, `sticks out by ${scrollWidth - clientWidth} pixels`] : said
}, TAGS, rules)

const faults = {}
for (const file of files) {
  const landmarks = { enabled: file.endsWith('-page.html') }
  const rules = { ...RULES, 'landmark-one-main': landmarks, region: landmarks }
  const page = await browser.newPage()
  await page.goto(pathToFileURL(path.resolve(file)).href)
  if (!shots) await page.evaluate(axe)
  faults[file] = []
  for (const scheme of SCHEMES) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    for (const width of WIDTHS) {
      if (shots && width === 320) continue
      await page.setViewport({ width, height: 900 })
      if (shots) await page.screenshot({ path: path.join(shots, `${path.basename(file, '.html')}-${width}-${scheme}.png`), fullPage: true })
      else faults[file].push(...(await judge(page, rules)).map((said) => `${scheme}, ${width} px: ${said}`))
    }
  }
  await page.close()
}
await browser.close()
console.log(JSON.stringify(faults))
