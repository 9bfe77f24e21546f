import { phaseOf } from '../src/phase';

describe('the phase of what recurs', () => {
  test('is the same for the same name and period, everywhere and for good', () => {
    expect(phaseOf('sweep-reminders', 60_000)).toBe(52_193);
  });

  test('lies within the period, and is never 0, which BullMQ takes for none', () => {
    for (let n = 0; n < 5_000; n++) {
      const period = 100 + (n % 7);
      const phase = phaseOf(`name-${n}`, period);
      expect(phase).toBeGreaterThan(0);
      expect(phase).toBeLessThan(period);
    }
  });

  test('spreads names over the period', () => {
    const tenths = new Set(
      Array.from({ length: 100 }, (_, n) => Math.floor(phaseOf(`job-${n}`, 1_000) / 100)),
    );
    expect(tenths.size).toBe(10);
  });
});
