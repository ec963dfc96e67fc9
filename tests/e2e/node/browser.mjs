// A browser as a program. A line of input asks for one thing of one page, a line of output tells its
// `value` or the `error`.
//
//   {"page": "a", "method": "new", "arguments": [{"viewport": {"width": 360, "height": 640}}]}
//   {"page": "a", "method": "goto", "arguments": ["http://127.0.0.1:8080/"]}
//   {"page": "a", "method": "keyboard.press", "arguments": ["Tab"]}
//
// Methods are those of Playwright's pages, and those below. Usage: browser.mjs CHROMIUM

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

// Generous: the machine may be busy, and the first file starts the process that reads.
const HUNG_MS = 50_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const browser = await chromium.launch({
  executablePath: process.argv[2],
  // A container has no namespaces to make a sandbox of, and the pages are our own. The rest keeps
  // Chromium from asking its maker's hosts.
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--force-color-profile=srgb",
  ],
});
const pages = new Map();

const own = {
  // Opens a page in a context of its own, and notes what it complains of and whom it asks.
  async new({ page }, options) {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(40_000);
    const opened = await context.newPage();
    const noted = { complaints: [], hosts: new Set() };
    opened.on("pageerror", (error) => noted.complaints.push(String(error)));
    opened.on("requestfailed", (request) => {
      // Chromium asks for an icon of its own accord; a page's policy may forbid that.
      if (!request.url().endsWith("/favicon.ico")) noted.complaints.push(request.url());
    });
    opened.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) noted.complaints.push(message.text());
    });
    // While anybody listens, the dialogue for files is the test's: later would be too late for a key.
    opened.on("filechooser", () => {});
    opened.on("request", (request) => noted.hosts.add(new URL(request.url()).host));
    pages.set(page, { opened, noted });
  },

  async close({ page }) {
    await pages.get(page).opened.context().close();
    pages.delete(page);
  },

  async noted({ page }) {
    const { complaints, hosts } = pages.get(page).noted;
    return { complaints, hosts: [...hosts] };
  },

  // Presses a key that opens the dialogue for files, and chooses one there.
  async choose({ page }, key, file) {
    const { opened } = pages.get(page);
    const [dialogue] = await Promise.all([
      opened.waitForEvent("filechooser"), opened.keyboard.press(key),
    ]);
    await dialogue.setFiles(file);
  },

  // Goes to a page by POST, as a service's own form or script would.
  async post({ page }, url, asked) {
    const { opened } = pages.get(page);
    const headers = { "content-type": "application/json" };
    await opened.route(url, (route) => route.continue({
      method: "POST", postData: JSON.stringify(asked),
      headers: { ...route.request().headers(), ...headers },
    }), { times: 1 });
    return (await opened.goto(url)).status();
  },

  // Tells what a screen reader gets.
  async aria({ page }) {
    return pages.get(page).opened.locator("body").ariaSnapshot();
  },

  // Tells what breaks the Web Content Accessibility Guidelines, as far as a program can see it.
  async axe({ page }) {
    const { opened } = pages.get(page);
    await opened.evaluate(AXE);
    const found = await opened.evaluate(
      (tags) => globalThis.axe.run(document, { runOnly: tags, resultTypes: ["violations"] }), WCAG,
    );
    return found.violations.map(({ id, nodes }) => ({
      id, nodes: nodes.map((node) => `${node.target} ${node.failureSummary}`),
    }));
  },
};

async function call(question) {
  if (question.method in own) return own[question.method](question, ...question.arguments);
  const names = question.method.split(".");
  const method = names.pop();
  let owner = pages.get(question.page).opened;
  for (const name of names) owner = owner[name];
  const made = await owner[method](...question.arguments);
  if (typeof made?.status === "function") return made.status();
  return made instanceof Buffer || typeof made?.dispose === "function" ? null : made;
}

async function answer(question) {
  let timer;
  const hung = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("The browser hangs.")), HUNG_MS);
  });
  try {
    return { value: (await Promise.race([call(question), hung])) ?? null, error: null };
  } catch (error) {
    return { value: null, error: String(error) };
  } finally {
    clearTimeout(timer);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
await browser.close();
process.exit();
