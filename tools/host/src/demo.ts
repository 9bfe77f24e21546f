import {
  accountApi,
  pathOf,
  tasksApi,
  type AccessToken,
  type CreateTask,
  type Task,
} from '@almanac/contracts';
import { demoAccount } from '@almanac/web';
import type { z } from 'zod';

/** The zone of this machine, in which wall-clock times below are meant. */
const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

type NewTask = z.input<typeof CreateTask>;

/** @returns so many days after `now`, at `time` on the wall, e.g. `2026-11-21T18:00` */
const dueIn = (now: Date, days: number, time: string): NewTask['due'] => {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const [month, date] = [day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0'));
  return { local: `${day.getFullYear()}-${month}-${date}T${time}`, zone };
};

/** Something to look at, of every kind: late, today, soon, some day. */
export const demoTasks = (now: Date): NewTask[] => [
  {
    title: 'Send the October invoice',
    description: 'Two hours of review are still missing on it.',
    priority: 'high',
    tags: ['work'],
    due: dueIn(now, -1, '12:00'),
  },
  { title: 'Call Grandma', priority: 'high', tags: ['family'], due: dueIn(now, 0, '19:00') },
  { title: 'Water the plants', tags: ['home'], due: dueIn(now, 1, '08:30') },
  { title: 'Book a table for four', tags: ['friends'], due: dueIn(now, 2, '12:00') },
  { title: 'Prepare the quarterly review', priority: 'high', tags: ['work'], due: dueIn(now, 5, '10:00') },
  { title: 'Finish the book for the book club', tags: ['reading'], due: dueIn(now, 9, '20:00') },
  { title: 'Renew the passport', priority: 'low', tags: ['papers'], due: dueIn(now, 40, '09:00') },
  { title: 'Buy oat milk, coffee and lemons', priority: 'low', tags: ['home', 'shopping'] },
  { title: 'Open this page on a second device and complete a task on one of them', tags: ['tour'] },
];

/** Gives the demo account something to look at, by the API that everybody uses. */
export const createDemoTasks = async (url: string, now: Date): Promise<void> => {
  const send = async <Answer>(path: string, body: unknown, token?: string): Promise<Answer> => {
    const response = await fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  const { email, password } = demoAccount;
  const { accessToken } = await send<AccessToken>(pathOf(accountApi, accountApi.operations.issueToken), {
    email,
    password,
  });
  for (const task of demoTasks(now))
    await send<Task>(pathOf(tasksApi, tasksApi.operations.createTask), task, accessToken);
};
