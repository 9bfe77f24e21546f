import { tasksApi } from '@almanac/contracts';
import { launchChromium } from '@almanac/testkit';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openPage, phone, signIn, type Desk } from './page';
import { startProduct, type Product } from './product';

let product: Product;
let browser: Browser;
const desks: Desk[] = [];

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), launchChromium()]);
}, 120_000);
afterEach(async () => {
  const errors = desks.flatMap((desk) => desk.errors);
  await Promise.all(desks.splice(0).map(({ page }) => page.context().close()));
  expect(errors).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await product.stop();
});

const sitDown = async (
  ...[person, options]: [Parameters<typeof signIn>[2], Parameters<typeof signIn>[3]?]
) => {
  const desk = await signIn(browser, product, person, options);
  desks.push(desk);
  return desk;
};

test('somebody new signs up, writes a task with the keyboard, and reads in the activity what they did', async () => {
  const desk = await openPage(browser, product);
  desks.push(desk);
  const { page, task, write } = desk;
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('E-mail').fill('ada@example.net');
  await page.getByLabel('Password').fill('correct horse');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByText('A clean page.').waitFor();

  await write('Pay rent tomorrow 9:00 #home !high');
  await task('Pay rent').waitFor();
  expect(await task('Pay rent').innerText()).toMatch(/high priority\s+#home\s+09:00/);
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.getByText('All done.').waitFor();

  await page.keyboard.press('g');
  await page.keyboard.press('a');
  const happened = page.locator('.happened');
  await happened.filter({ hasText: 'You completed Pay rent' }).waitFor();
  await happened.filter({ hasText: 'You added Pay rent for tomorrow, 09:00' }).waitFor();
});

test('what one browser does, the other shows', async () => {
  const person = await product.person('Ben');
  const [one, two] = await Promise.all([sitDown(person), sitDown(person, phone)]);

  await one.write('Water the orchids');
  await two.task('Water the orchids').waitFor();

  await two.task('Water the orchids').getByRole('link').click();
  await two.page.getByLabel('Title').fill('Water all plants');
  await two.page.getByRole('button', { name: 'Save' }).click();
  await one.task('Water all plants').waitFor();

  await one.task('Water all plants').getByRole('link').focus();
  await one.page.keyboard.press('#');
  await two.task('Water all plants').waitFor({ state: 'detached' });
  await one.page.keyboard.press('z');
  await two.task('Water all plants').waitFor();

  await two.task('Water all plants').getByRole('checkbox').click();
  await one.task('Water all plants').waitFor({ state: 'detached' });
  await two.page.getByRole('button', { name: 'Undo' }).click();
  await one.task('Water all plants').waitFor();
});

test('a browser that was offline says so, keeps what is written, and catches up', async () => {
  const person = await product.person('Cleo');
  const [one, two] = await Promise.all([sitDown(person), sitDown(person)]);
  const gone = await person.add({ title: 'Deleted meanwhile' });
  await two.task('Deleted meanwhile').waitFor();

  await two.page.context().setOffline(true);
  await two.page.getByText('Offline.').waitFor();
  await two.write('Written on the train');
  await two.page.getByText('Kept here until it can be sent.').waitFor();
  await person.call('DELETE', `${tasksApi.prefix}/${gone.id}`);
  await one.write('Written at home');

  await two.page.context().setOffline(false);
  await two.task('Written at home').waitFor();
  await two.task('Deleted meanwhile').waitFor({ state: 'detached' });
  await one.task('Written on the train').waitFor();
  await two.page.getByText('Offline.').waitFor({ state: 'detached' });
  expect(await two.task('Written on the train').count()).toBe(1);
});

test('two edits of one task meet: neither is lost, and the person decides where both wrote', async () => {
  const person = await product.person('Dora');
  const task = await person.add({ title: 'Book a table' });
  const { page } = await sitDown(person);
  await page.getByRole('link', { name: 'Book a table' }).click();
  await page.getByLabel('Title').fill('Book a table for six');

  const ifMatch = (version: number) => ({ 'if-match': `"${version}"` });
  const path = `${tasksApi.prefix}/${task.id}`;
  await person.call('PATCH', path, { title: 'Book a room', priority: 'high' }, ifMatch(task.version));
  await page.getByText('Changed elsewhere while you write: priority.').waitFor();
  await page.getByText('Meanwhile saved elsewhere: ‘Book a room’').waitFor();
  expect(await page.getByLabel('Title').inputValue()).toBe('Book a table for six');

  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await person.call('GET', path)).toMatchObject({ title: 'Book a table for six', priority: 'high' });
});

test('an edit of a version that is no longer the newest is refused kindly', async () => {
  const person = await product.person('Emil');
  const task = await person.add({ title: 'Call the surgery' });
  const desk = await openPage(browser, product);
  desks.push(desk);
  const { page } = desk;
  await page.routeWebSocket(/\/sync$/, () => undefined); // a socket that nothing comes over
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Call the surgery' }).click();
  await page.getByLabel('Notes').fill('About the results.');
  await person.call(
    'PATCH',
    `${tasksApi.prefix}/${task.id}`,
    { description: 'Before noon.' },
    { 'if-match': '"1"' },
  );

  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('It was changed elsewhere at the same time. Nothing is lost').waitFor();
  await page.getByText('Meanwhile saved elsewhere: ‘Before noon.’').waitFor();
  expect(await page.getByLabel('Notes').inputValue()).toBe('About the results.');
  await page.getByRole('button', { name: 'Use that' }).click();
  expect(await page.getByLabel('Notes').inputValue()).toBe('Before noon.');
});

test('filters, search and order stand in the address and outlive a reload', async () => {
  const person = await product.person('Finn');
  await person.add({ title: 'Sharpen knives', tags: ['home'], priority: 'low' });
  await person.add({ title: 'Sharpen pencils', tags: ['work'], priority: 'high' });
  await person.add({
    title: 'Buy paper',
    tags: ['work'],
    due: { local: '2020-01-01T09:00', zone: 'Europe/Berlin' },
  });
  const { page } = await sitDown(person);
  const titles = () => page.locator('.task-title').allInnerTexts();
  await page.locator('.task').nth(2).waitFor();

  await page.keyboard.press('/');
  await page.keyboard.type('sharp');
  await page.waitForURL(/q=sharp/);
  await page.getByRole('link', { name: 'Buy paper' }).waitFor({ state: 'detached' });
  await page.getByLabel('Order').selectOption('from Z to A');
  await page.reload();
  await page.locator('.task').nth(1).waitFor();
  expect(await titles()).toEqual(['Sharpen pencils', 'Sharpen knives']);

  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByRole('button', { name: 'work 2' }).click();
  await page.getByRole('link', { name: 'Sharpen knives' }).waitFor({ state: 'detached' });
  await page.getByLabel('Due').selectOption('before now');
  await page.getByRole('link', { name: 'Sharpen pencils' }).waitFor({ state: 'detached' });
  expect(await titles()).toEqual(['Buy paper']);
});

test('a long list is read on while it is scrolled, each task once', async () => {
  const person = await product.person('Gus');
  const numbers = Array.from({ length: 230 }, (_, n) => `Task ${String(n).padStart(3, '0')}`);
  for (let n = 0; n < numbers.length; n += 10)
    await Promise.all(numbers.slice(n, n + 10).map((title) => person.add({ title })));
  const { page } = await sitDown(person);
  await page.goto(`${product.url}/?sort=title`);
  const titles = page.locator('.task-title');
  await titles.first().waitFor();
  expect(await titles.count()).toBeLessThan(numbers.length);
  while ((await titles.count()) < numbers.length) {
    const before = await titles.count();
    await titles.last().scrollIntoViewIfNeeded();
    await titles.nth(before).waitFor({ state: 'attached' });
  }
  expect(await titles.allTextContents()).toEqual(numbers); // rows out of sight have no inner text
});

test('a list that can’t be read says why, and can be tried again', async () => {
  const person = await product.person('Hal');
  await person.add({ title: 'Still there' });
  const { page } = await sitDown(person);
  await page.route('**/api/v1/tasks?*', (route) => route.abort());
  // A device that comes online lists by itself, and might be faster than the click on the button.
  await page.routeWebSocket(/\/sync$/, () => undefined);
  await page.reload();
  await page.getByText('The list couldn’t be read.').waitFor();
  await page.unroute('**/api/v1/tasks?*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('link', { name: 'Still there' }).waitFor();
});

test('a change that fails is taken back', async () => {
  const person = await product.person('Ida');
  await person.add({ title: 'Not yet' });
  const { page, task } = await sitDown(person);
  await page.route('**/complete', (route) => route.abort());
  await task('Not yet').getByRole('checkbox').click();
  await page.getByText('‘Not yet’ isn’t completed.').waitFor();
  expect(await task('Not yet').getByRole('checkbox').getAttribute('aria-checked')).toBe('false');
});

test('who signs out is out, also after a reload', async () => {
  const { page } = await sitDown(await product.person('Jo'));
  await page.getByRole('button', { name: /account of Jo/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Password').waitFor();
  await page.reload();
  await page.getByLabel('Password').waitFor();
});

test('letters are only letters for who wants that', async () => {
  const { page } = await sitDown(await product.person('Kim'));
  await page.keyboard.press('?');
  await page.getByLabel('Single letters are commands').uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  expect(await page.evaluate('document.activeElement === document.body')).toBe(true);
});

/**
 * Colours are measured by day and by night, everything else by day and on a phone: that is where it
 * differs, and measuring colours takes most of the time.
 */
const settings: readonly (readonly [name: string, options: BrowserContextOptions, rules: axe.RunOptions])[] =
  [
    ['by day', {}, {}],
    ['by night', { colorScheme: 'dark' }, { runOnly: ['color-contrast'] }],
    ['on a phone', phone, { rules: { 'color-contrast': { enabled: false } } }],
  ];

describe.each(settings)('axe finds nothing to object to %s', (_, options, rules) => {
  /** What it finds, as lines to read. Motion is over first: colours half way through it are nobody's choice. */
  async function findings(page: Page): Promise<string[]> {
    await page.evaluate('Promise.allSettled(document.getAnimations().map(({ finished }) => finished))');
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(${JSON.stringify(rules)})`);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
    );
  }

  test('in any view', async () => {
    const person = await product.person('Lea');
    await person.add({
      title: 'Renew the passport',
      priority: 'high',
      tags: ['papers'],
      description: 'Two photographs.',
    });
    await person.add({ title: 'Stand-up', due: { local: '2030-01-07T10:00', zone: 'America/New_York' } });
    await person.add({
      title: 'Late',
      priority: 'low',
      due: { local: '2020-01-07T10:00', zone: 'Europe/Berlin' },
    });
    const entrance = await openPage(browser, product, { ...options, reducedMotion: 'reduce' });
    desks.push(entrance);
    await entrance.page.getByRole('button', { name: 'Create an account' }).click();
    expect(await findings(entrance.page)).toEqual([]);

    const { page, task } = await sitDown(person, { ...options, reducedMotion: 'reduce' });
    await task('Stand-up').waitFor();
    expect(await findings(page)).toEqual([]);
    await page.getByLabel('New task').pressSequentially('Pay rent tomorrow 9:00 #home !high');
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Details…' }).click();
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel' }).click();

    await page.getByRole('link', { name: 'Renew the passport' }).click();
    await page.getByText('History').click();
    await page.getByText('You added Renew the passport').waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: /account of Lea/ }).click();
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: /Name and zone/ }).click();
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.keyboard.press('?');
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await page.goto(`${product.url}/?tag=none`);
    await page.getByText('Nothing of that kind.').waitFor();
    expect(await findings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Activity' }).click();
    await page.locator('.happened').first().waitFor();
    expect(await findings(page)).toEqual([]);
  }, 120_000);
});
