/**
 * Walks through the page in a real browser, and keeps what it saw in docs/screenshots:
 * `npm run walk --workspace @almanac/web`. The page of docs/page.md tells the story to the pictures.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { tasksApi, type CreateTask } from '@almanac/contracts';
import { launchChromium } from '@almanac/testkit';
import type { Page } from 'playwright-core';
import type { z } from 'zod';
import { openPage, phone, signIn } from './page';
import { startProduct, type Person } from './product';

const folder = join(__dirname, '..', '..', '..', 'docs', 'screenshots');
const screen = { viewport: { width: 1280, height: 860 } };
const zone = 'Europe/Berlin';

type NewTask = z.input<typeof CreateTask>;

const due = (days: number, time: string, elsewhere = zone): NewTask['due'] => {
  const day = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  return { local: `${day}T${time}`, zone: elsewhere };
};

const tasks: readonly NewTask[] = [
  {
    title: 'Renew the passport',
    description: 'Two photographs, the old passport, and patience.',
    priority: 'high',
    tags: ['papers'],
    due: due(-3, '12:00'),
  },
  { title: 'Water the orchids', priority: 'low', tags: ['home'], due: due(0, '08:00') },
  { title: 'Pay rent', tags: ['home', 'money'], due: due(0, '23:30') },
  {
    title: 'Review the release controller',
    description: 'Especially the part about attribution.',
    priority: 'high',
    tags: ['work'],
    due: due(1, '10:00'),
  },
  { title: 'Tea with Jonas', tags: ['friends'], due: due(1, '16:00') },
  { title: 'Stand-up with New York', tags: ['work'], due: due(2, '10:00', 'America/New_York') },
  { title: 'Return the library books', tags: ['books'], due: due(6, '17:00') },
  { title: 'Book trains for the holidays', tags: ['travel', 'family'], due: due(12, '09:00') },
  { title: 'Solstice dinner: invite everybody', tags: ['friends'], due: due(29, '19:30') },
  { title: 'Learn to read the night sky', priority: 'low', tags: ['books'] },
];

/** A life so far, as others would have lived it: some done, some moved. */
async function live(person: Person): Promise<void> {
  for (const title of ['Sharpen the kitchen knives', 'Answer Ruth’s letter']) {
    const { id } = await person.add({ title, tags: ['home'] });
    await person.call('POST', `${tasksApi.prefix}/${id}/complete`);
  }
  for (const task of tasks) {
    const { id } = await person.add(task);
    if (task.title === 'Tea with Jonas')
      await person.call('PATCH', `${tasksApi.prefix}/${id}`, { due: due(1, '16:30') }, { 'if-match': '"1"' });
  }
}

/** Takes the picture when nothing moves any more. */
async function keep(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate('Promise.allSettled(document.getAnimations().map(({ finished }) => finished))');
  await page.screenshot({ path: join(folder, `${name}.png`) });
  process.stdout.write(`${name}\n`);
}

async function walk(): Promise<void> {
  await mkdir(folder, { recursive: true });
  await using parts = new AsyncDisposableStack();
  const product = await startProduct();
  parts.defer(() => product.stop());
  const browser = await launchChromium();
  parts.defer(() => browser.close());
  const person = await product.person('Ada');
  await live(person);

  const { page: entrance } = await openPage(browser, product, screen);
  await entrance.getByText('Open your almanac').waitFor();
  await keep(entrance, 'entrance');

  const one = await signIn(browser, product, person, screen);
  await one.task('Pay rent').waitFor();
  await keep(one.page, 'tasks');

  await one.page.keyboard.press('n');
  await one.page.keyboard.insertText('Ask Ruth about the table friday 18:00 #friends !high');
  await keep(one.page, 'quick-add');
  await one.page.keyboard.press('Enter');
  await one.task('Ask Ruth about the table').waitFor();
  await one.page.keyboard.press('Escape');

  const two = await signIn(browser, product, person, { ...screen, colorScheme: 'dark' });
  await two.task('Ask Ruth about the table').waitFor();
  await one.task('Water the orchids').getByRole('checkbox').click();
  await two.task('Water the orchids').and(two.page.locator('[data-status=completed]')).waitFor();
  await keep(two.page, 'tasks-by-night');

  await two.page.getByRole('link', { name: 'Pay rent' }).click();
  await two.page.getByLabel('Title').fill('Pay rent and heating');
  await one.page.getByRole('link', { name: 'Pay rent' }).click();
  await one.page.getByLabel('Title').fill('Pay the rent');
  await one.page.getByRole('radio', { name: 'high' }).check();
  await keep(one.page, 'editor');
  await one.page.getByRole('button', { name: 'Save' }).click();
  await two.page.getByText('Meanwhile saved elsewhere').waitFor();
  await keep(two.page, 'two-edits');
  await two.page.getByRole('button', { name: 'Save' }).click();
  await one.task('Pay rent and heating').waitFor();

  await two.page.context().setOffline(true);
  await two.page.getByText('Offline.').waitFor();
  await two.write('Written on the train');
  await two.page.getByText('Kept here until it can be sent.').waitFor();
  await keep(two.page, 'offline');
  await two.page.context().setOffline(false);
  await one.task('Written on the train').waitFor();

  await one.page.getByRole('link', { name: 'Activity' }).click();
  await one.page.locator('.happened').filter({ hasText: 'You added Written on the train' }).waitFor();
  await keep(one.page, 'activity');

  const pocket = await signIn(browser, product, person, phone);
  await pocket.task('Tea with Jonas').waitFor();
  await keep(pocket.page, 'phone');
}

walk().catch((error: unknown) => {
  process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 1;
});
