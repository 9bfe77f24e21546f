import { asyncApiDocument, openApiDocument } from '@almanac/contracts';
import { startWeb, type RunningWeb } from './running-web';

let web: RunningWeb;
beforeAll(async () => {
  web = await startWeb();
});
afterAll(() => web.stop());

test.each([
  ['/api/openapi.json', openApiDocument()],
  ['/api/asyncapi.json', asyncApiDocument()],
])('the API is described where it is: %s', async (path, document) => {
  const { status, body, headers } = await web.as()('GET', path);
  expect(status).toBe(200);
  expect(body).toEqual(JSON.parse(JSON.stringify(document)));
  expect(headers.get('cache-control')).toBe('public, max-age=300');
});

test('a path of the API that isn’t there is a problem, also where the page answers all others', async () => {
  expect(await web.as()('GET', '/api/v1/nothing')).toMatchObject({
    status: 404,
    body: { code: 'not_found' },
  });
  const wrongMethod = await web.as()('GET', '/api/v1/auth/sign-in');
  expect(wrongMethod).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
  expect(wrongMethod.headers.get('allow')).toBe('POST');
});
