import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { Person, Product } from './product';

export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  deviceScaleFactor: 2,
};

/** What a person sees and does in a browser of their own. */
export interface Desk {
  readonly page: Page;
  /** The task of this title in the list. */
  task(title: string): Locator;
  /** Writes tasks down on the line on top, with the keyboard alone. */
  write(...lines: string[]): Promise<void>;
  /** What is there of the errors that nobody should see. */
  readonly errors: readonly string[];
}

/** Opens the page in a new browser profile, in the person's own zone. */
export async function openPage(
  browser: Browser,
  product: Product,
  options: BrowserContextOptions = {},
): Promise<Desk> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error.stack)));
  await page.goto(product.url);
  return {
    page,
    errors,
    task: (title) =>
      page.locator('.task').filter({ has: page.getByRole('link', { name: title, exact: true }) }),
    write: async (...lines) => {
      await page.keyboard.press('n');
      for (const line of lines) {
        await page.keyboard.insertText(line);
        await page.keyboard.press('Enter');
      }
      await page.keyboard.press('Escape');
    },
  };
}

/** Opens the page, signs in, and waits until changes come in. */
export async function signIn(
  browser: Browser,
  product: Product,
  { email, password }: Person,
  options: BrowserContextOptions = {},
): Promise<Desk> {
  const desk = await openPage(browser, product, options);
  await desk.page.getByLabel('E-mail').fill(email);
  await desk.page.getByLabel('Password').fill(password);
  await desk.page.getByRole('button', { name: 'Sign in' }).click();
  await desk.page.locator('.pulse[data-is=live]').waitFor();
  return desk;
}
