import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import axe, { type AxeResults } from "axe-core";
import puppeteer, { type Page } from "puppeteer-core";
import { chromiumBinary } from "../../support/chromium.ts";

export interface View {
  /** In CSS pixels. Default: 1100. */
  readonly width?: number;
  readonly scheme?: "light" | "dark";
  readonly media?: "screen" | "print";
}

export interface OpenedPage {
  readonly page: Page;
  /** Method and path of every request that the server received since the page was opened. */
  readonly requests: readonly string[];
  /** What the browser reports, such as violations of the page's Content-Security-Policy. */
  readonly messages: readonly string[];
}

/** A headless Chromium, and a server on the loopback that it loads pages from. */
export class Browser {
  static async start(): Promise<Browser> {
    // Chromium's own sandbox refuses root, as which CI runs. The pages are the project's.
    const args = ["--disable-gpu", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
    // No limits of its own: a test has one, and a busy machine takes long.
    const limits = { timeout: 0, protocolTimeout: 0 };
    return new Browser(await puppeteer.launch({ ...limits, executablePath: await chromiumBinary(), args }));
  }

  readonly #browser: Awaited<ReturnType<typeof puppeteer.launch>>;
  #content = "";
  #requests: string[] = [];
  readonly #server = createServer(({ method, url }, response) => {
    this.#requests.push(`${method ?? ""} ${url ?? ""}`);
    response.setHeader("content-type", "text/html; charset=utf-8").end(this.#content);
  });

  private constructor(browser: Awaited<ReturnType<typeof puppeteer.launch>>) {
    this.#browser = browser;
  }

  /** Loads a text as a page, with everything that it loads. */
  async open(text: string, view: View = {}): Promise<OpenedPage> {
    this.#content = text;
    this.#requests = [];
    const page = await this.#browser.newPage();
    const messages: string[] = [];
    page.on("console", (message) => messages.push(message.text()));
    await show(page, view);
    await page.goto(await this.#url(), { waitUntil: "load", timeout: 0 });
    return { page, requests: this.#requests, messages };
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    this.#server.close();
  }

  async #url(): Promise<string> {
    if (!this.#server.listening) {
      await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    }
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }
}

/** Shows an opened page on another screen, or as it is printed. */
export async function show(
  page: Page,
  { width = 1100, scheme = "light", media = "screen" }: View,
): Promise<void> {
  await page.setViewport({ width, height: 800 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.emulateMediaType(media);
}

/** The value of an expression in a page. It is a text because the types of a browser's objects are not installed. */
export async function inPage<T>(page: Page, expression: string): Promise<T> {
  return (await page.evaluate(expression)) as T;
}

/** Runs axe-core's rules on a page. @returns a line for each element that violates one, or that it could not judge */
export async function accessibilityProblems(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations, incomplete } = await inPage<AxeResults>(page, "axe.run()");
  return [...violations, ...incomplete].flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary ?? ""}`),
  );
}
