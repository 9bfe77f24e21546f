import { auditHead, type CloudEvent, type EventDraft } from '@almanac/contracts';
import { newId } from '@almanac/kernel';
import { withTrace } from '../src';
import { parseCloudEvent, toCloudEvent } from '../src/envelope';
import { PermanentError } from '../src/retry';
import { sampleEvent } from './sample';

const draft: EventDraft = {
  type: 'sample.happened',
  version: 3,
  topic: 'task-events',
  key: 'the-key',
  entity: { type: 'sample', id: 'the-id' },
  data: { n: 1 },
};
const origin = {
  source: 'sampler',
  time: '2026-11-21T09:30:00.000Z',
  userId: newId(),
  actorId: newId(),
};

describe('an event that is told', () => {
  test('says what happened to what, where and when, whose it is and who did it', () => {
    expect(toCloudEvent(draft, origin)).toEqual({
      specversion: '1.0',
      id: expect.any(String) as string,
      source: '/services/sampler',
      type: 'sample.happened',
      subject: 'sample/the-id',
      time: origin.time,
      datacontenttype: 'application/json',
      dataschema: '/events/sample.happened/3',
      partitionkey: 'the-key',
      userid: origin.userId,
      actorid: origin.actorId,
      data: { n: 1 },
    });
  });

  test('says nothing of users when there is none, rather than null', () => {
    const event = toCloudEvent(draft, { ...origin, userId: null, actorId: null });
    expect(Object.keys(event)).not.toEqual(expect.arrayContaining(['userid', 'actorid']));
    expect(parseCloudEvent(event)).toEqual(event);
  });

  test('has an id of its own each time, and carries the trace that runs', () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const tell = () => toCloudEvent(draft, origin);
    const [one, two] = withTrace(`00-${traceId}-00f067aa0ba902b7-01`, () => [tell(), tell()] as const);
    expect(one.id).not.toBe(two.id);
    expect(one.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  });

  test('can be read again after a way as JSON', () => {
    const event = toCloudEvent(draft, origin);
    expect(parseCloudEvent(JSON.parse(JSON.stringify(event)))).toEqual(event);
  });
});

describe('an event that is read', () => {
  const event = sampleEvent('key', { n: 1 });
  const without = (name: keyof CloudEvent) =>
    Object.fromEntries(Object.entries(event).filter(([key]) => key !== name));

  test.each([
    ['null', null, ''],
    ['a text', 'event', ''],
    ['a list', [event], ''],
    ['an empty object', {}, 'specversion'],
    ['an event of another version', { ...event, specversion: '0.3' }, 'specversion'],
    ['one without an id', without('id'), 'id'],
    ['one whose id is no UUID', { ...event, id: '1' }, 'id'],
    ['one without a type', { ...event, type: '' }, 'type'],
    ['one without a source', without('source'), 'source'],
    ['one about nothing', { ...event, subject: 'sample' }, 'subject'],
    ['one of no time', { ...event, time: 'yesterday' }, 'time'],
    ['one that isn’t JSON', { ...event, datacontenttype: 'text/xml' }, 'datacontenttype'],
    ['one without a schema', without('dataschema'), 'dataschema'],
    ['one whose schema is elsewhere', { ...event, dataschema: 'https://evil.test/1' }, 'dataschema'],
    ['one without a key', { ...event, partitionkey: '' }, 'partitionkey'],
    ['one whose user is no UUID', { ...event, userid: 'root' }, 'userid'],
    ['one whose trace is a number', { ...event, traceparent: 7 }, 'traceparent'],
  ])('is refused for good when it is %s', (_what, value, path) => {
    expect(() => parseCloudEvent(value)).toThrow(PermanentError);
    expect(() => parseCloudEvent(value)).toThrow(`not a CloudEvent: ${path}`);
  });

  test('is refused with all that is wrong with it', () => {
    expect(() => parseCloudEvent({ ...event, id: '1', time: 'yesterday' })).toThrow(/id: .*; time: /);
  });

  test('may have a type that nobody here knows: it is somebody else’s', () => {
    expect(parseCloudEvent(event)).toEqual(event);
  });

  const told = toCloudEvent(auditHead({ sequence: 7, hash: 'abc' }), origin);

  test('has the data of its contract; what a newer release added to it is left out', () => {
    expect(parseCloudEvent(told)).toEqual(told);
    const grown = { ...told, data: { sequence: 7, hash: 'abc', added: true } };
    expect(parseCloudEvent(grown)).toEqual(told);
  });

  test('must have data as its contract says', () => {
    const broken = { ...told, data: { sequence: -1, hash: null } };
    expect(() => parseCloudEvent(broken)).toThrow(PermanentError);
    expect(() => parseCloudEvent(broken)).toThrow(/^audit\.head: sequence: .*; hash: /);
  });

  test('must be of a version that is understood here', () => {
    expect(() => parseCloudEvent({ ...told, dataschema: '/events/audit.head/99' })).toThrow(
      'audit.head: data of /events/audit.head/99 is not understood here, /events/audit.head/1 is',
    );
  });
});
