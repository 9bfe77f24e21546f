import { launchChromium } from '../src';

test('a real browser shows a page and runs its script', async () => {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.setContent('<h1></h1><script>document.querySelector("h1").textContent = 6 * 7</script>');
    expect(await page.textContent('h1')).toBe('42');
  } finally {
    await browser.close();
  }
});
