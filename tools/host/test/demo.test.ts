import { CreateTask, SignUp } from '@almanac/contracts';
import { demoAccount } from '@almanac/web';
import { demoTasks } from '../src/demo';

it('is an account and tasks that anybody could have made', () => {
  const tasks = demoTasks(new Date(2026, 11, 31, 23, 59));

  expect(() => SignUp.parse(demoAccount)).not.toThrow();
  expect(tasks.map((task) => CreateTask.parse(task).title)).toHaveLength(tasks.length);
});

it('has something late, something for today and something for next year', () => {
  const days = demoTasks(new Date(2026, 11, 31)).map(({ due }) => due?.local.slice(0, 10));

  expect(days).toEqual(expect.arrayContaining(['2026-12-30', '2026-12-31', '2027-01-01']));
});
