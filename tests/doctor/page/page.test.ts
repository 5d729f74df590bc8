import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unknown } from "../../../doctor/core/check.ts";
import type { Report } from "../../../doctor/core/report.ts";
import { renderPage } from "../../../doctor/page/page.ts";
import { accessibilityProblems, Browser, inPage, type OpenedPage, show, type View } from "./browser.ts";
import { BROKEN, HEALTHY, OUTPUTS, reportOf, sampleWith } from "./sample-report.ts";

const LONG = "a".repeat(63);
/** Names as long as DNS allows, and a cause without a space. */
const LONG_NAMES = reportOf(
  sampleWith({
    "record/app.example.com": { outcome: unknown(`https://${LONG}.${LONG}.${LONG}.example.com/${LONG}`) },
  }),
  LONG,
);
const SAMPLES: Readonly<Record<string, Promise<Report>>> = {
  healthy: reportOf(HEALTHY),
  broken: reportOf(BROKEN),
  "with long names": LONG_NAMES,
  "without any check": reportOf([]),
};

let browser: Browser;
beforeAll(async () => {
  browser = await Browser.start();
});
afterAll(async () => {
  await browser.stop();
});

describe.each(Object.entries(SAMPLES))("a page that is %s", (_, report) => {
  let opened: OpenedPage;
  beforeAll(async () => {
    opened = await browser.open(renderPage(await report, OUTPUTS));
  });

  test.each<[string, View]>([
    ["a phone", { width: 360 }],
    ["a dark screen", { scheme: "dark" }],
    ["print from a dark screen", { media: "print", scheme: "dark" }],
  ])("is accessible: %s", async (__, view) => {
    await show(opened.page, view);
    expect(await accessibilityProblems(opened.page)).toEqual([]);
  });

  test.each([320, 360, 768, 1400])("does not overflow a screen of %i pixels", async (width) => {
    await show(opened.page, { width });
    const beyond = await inPage<readonly string[]>(
      opened.page,
      `[...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > ${width} + 0.5)
        .map((element) => element.outerHTML.slice(0, 100))`,
    );
    expect(beyond).toEqual([]);
    expect(await inPage(opened.page, "document.documentElement.scrollWidth")).toBe(width);
  });

  test("prints all that the screen shows, black on white", async () => {
    const { page } = opened;
    await show(page, { scheme: "dark" });
    const shown = await inPage<string>(page, "document.body.innerText");
    expect(shown).toContain("All checks");
    await show(page, { scheme: "dark", media: "print" });
    expect(await inPage(page, "document.body.innerText")).toBe(shown);
    expect(await inPage(page, "getComputedStyle(document.body).color")).toBe("rgb(0, 0, 0)");
  });

  test("requests nothing besides itself, whatever shows it", () => {
    const { requests, messages } = opened;
    expect({ requests, messages }).toEqual({ requests: ["GET /"], messages: [] });
  });
});

const NOT_RESOLVED = "Not true: resolvers return Cloudflare's addresses";
const NO_ANSWER = "Not true: a visitor gets an answer of the application";

test("the broken hop is named in text, and those that follow from it", async () => {
  const { page } = await browser.open(renderPage(await reportOf(BROKEN), OUTPUTS));
  const hops = await inPage<readonly (readonly string[])[]>(
    page,
    `[...document.querySelectorAll('ol[aria-label="Hops of a request to app.example.com"] > li')]
      .map(({ innerText }) => innerText.split(/\\n+/))`,
  );
  expect(hops).toEqual([
    ["DNS", "leads to Cloudflare", "Fails as a consequence", NOT_RESOLVED, "1 of 2 checks OK"],
    ["Cloudflare", "ends TLS, chooses the origin", "Broken here", "The zone is paused", "3 of 4 checks OK"],
    ["Funnel", "carries TLS to the cluster", "OK", "2 of 2 checks OK"],
    ["Proxy", "ends TLS in the cluster", "OK", "3 of 3 checks OK"],
    ["Traefik", "routes by Host", "OK", "1 of 1 check OK"],
    ["Answer", "what a visitor gets", "Fails as a consequence", NO_ANSWER, "0 of 1 check OK"],
  ]);
});

test("text of others stays text", async () => {
  const hostile = `<script>document.title = "run"</script><img src="/x" onerror="document.title='run'">"'&`;
  const report = await reportOf(
    HEALTHY.map((check) => ({ ...check, subject: hostile, title: hostile, outcome: unknown(hostile) })),
    hostile,
  );
  const outputs = {
    hostnames: { [hostile]: { url: hostile, target: hostile, zone: hostile, via: "worker" as const } },
    exposure: [
      {
        name: hostile,
        address: "javascript:document.title='run'",
        requested: hostile,
        allowed: [hostile],
        route: hostile,
      },
      {
        name: hostile,
        address: `https://${hostile}`,
        requested: hostile,
        allowed: [hostile],
        route: hostile,
      },
    ],
    migration: [{ service: hostile, before: hostile, after: hostile, phase: "coexist" as const }],
  };
  const { page, requests, messages } = await browser.open(renderPage(report, outputs));
  expect({ requests, messages }).toEqual({ requests: ["GET /"], messages: [] });
  expect(await page.title()).toBe(`${hostile}: not known`);
  expect(await inPage(page, "document.querySelectorAll('script, img, iframe, [onerror]').length")).toBe(0);
  expect(await inPage(page, "[...document.links].map((link) => link.getAttribute('href'))")).toEqual([
    `https://${hostile}`,
  ]);
});

test("a style or script that gets into the page has no effect", async () => {
  const text = renderPage(await reportOf(HEALTHY), OUTPUTS).replace(
    "</main>",
    `<style>h1 { display: none }</style><script>document.title = "run"</script><img src="/x" alt="x"></main>`,
  );
  const { page, requests, messages } = await browser.open(text);
  expect(requests).toEqual(["GET /"]);
  expect(messages).toHaveLength(3);
  expect(await page.title()).toBe("ozilab: healthy");
  expect(await inPage(page, "getComputedStyle(document.querySelector('h1')).display")).toBe("block");
});
