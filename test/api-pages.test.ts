import { test } from 'tap';
import { startApp } from './support/app.ts';

test('the OpenAPI document names every route, its errors and its schemas', async (t) => {
  const app = await startApp(t);
  const { status, body } = await app.request('GET', '/openapi.json');
  t.equal(status, 200);
  t.equal(body.openapi, '3.1.0');
  const operations = Object.entries<Record<string, { security?: unknown }>>(body.paths).flatMap(
    ([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  t.same(operations.filter((operation) => operation.includes('/api/v1')).sort(), [
    'DELETE /api/v1/admin/messages/{id}',
    'DELETE /api/v1/admin/rooms/{id}',
    'DELETE /api/v1/admin/users/{username}',
    'DELETE /api/v1/admin/users/{username}/sessions',
    'DELETE /api/v1/auth/sessions/{id}',
    'DELETE /api/v1/conversations/{id}',
    'DELETE /api/v1/conversations/{id}/members/{username}',
    'DELETE /api/v1/messages/{id}',
    'DELETE /api/v1/messages/{id}/reactions/{emoji}',
    'DELETE /api/v1/push/subscriptions/{id}',
    'DELETE /api/v1/users/me',
    'DELETE /api/v1/users/{username}/block',
    'GET /api/v1/admin/audit',
    'GET /api/v1/admin/counts',
    'GET /api/v1/admin/health',
    'GET /api/v1/admin/rooms',
    'GET /api/v1/admin/users',
    'GET /api/v1/admin/users/{username}',
    'GET /api/v1/auth/sessions',
    'GET /api/v1/conversations',
    'GET /api/v1/conversations/{id}',
    'GET /api/v1/conversations/{id}/members',
    'GET /api/v1/conversations/{id}/messages',
    'GET /api/v1/messages',
    'GET /api/v1/messages/search',
    'GET /api/v1/messages/{id}',
    'GET /api/v1/messages/{id}/reactions',
    'GET /api/v1/push/key',
    'GET /api/v1/rooms',
    'GET /api/v1/socket',
    'GET /api/v1/users',
    'GET /api/v1/users/me',
    'GET /api/v1/users/me/blocks',
    'GET /api/v1/users/{username}',
    'PATCH /api/v1/admin/users/{username}',
    'PATCH /api/v1/conversations/{id}',
    'PATCH /api/v1/conversations/{id}/preferences',
    'PATCH /api/v1/messages/{id}',
    'PATCH /api/v1/users/me',
    'POST /api/v1/auth/confirm-email',
    'POST /api/v1/auth/forgot-password',
    'POST /api/v1/auth/login',
    'POST /api/v1/auth/logout',
    'POST /api/v1/auth/logout-all',
    'POST /api/v1/auth/refresh',
    'POST /api/v1/auth/register',
    'POST /api/v1/auth/reset-password',
    'POST /api/v1/conversations',
    'POST /api/v1/conversations/{id}/messages',
    'POST /api/v1/sync',
    'PUT /api/v1/conversations/direct/{username}',
    'PUT /api/v1/conversations/{id}/members/{username}',
    'PUT /api/v1/conversations/{id}/read',
    'PUT /api/v1/messages/{id}/reactions/{emoji}',
    'PUT /api/v1/push/subscriptions',
    'PUT /api/v1/users/me/email',
    'PUT /api/v1/users/me/password',
    'PUT /api/v1/users/{username}/block',
  ]);
  for (const name of [
    'Message',
    'Conversation',
    'User',
    'Me',
    'Problem',
    'SyncAnswer',
    'MessagePage',
  ]) {
    t.ok(body.components.schemas[name], name);
  }
  const post = body.paths['/api/v1/conversations/{id}/messages'].post;
  t.same(post.responses['201'].content['application/json'].schema, {
    $ref: '#/components/schemas/Message',
  });
  t.ok(post.responses['4XX'].content['application/problem+json']);
  t.same(body.paths['/api/v1/auth/login'].post.security, []);
});

test('the AsyncAPI document names every frame and every command', async (t) => {
  const app = await startApp(t);
  const { body } = await app.request('GET', '/asyncapi.json');
  t.equal(body.asyncapi, '3.0.0');
  const messages = Object.keys(body.channels.socket.messages);
  for (const name of [
    'ready',
    'heartbeat',
    'resync',
    'message.created',
    'message.updated',
    'conversation.created',
    'conversation.updated',
    'conversation.removed',
    'user.updated',
    'typing',
    'answer',
    'token.renew',
    'message.create',
    'conversation.read',
  ]) {
    t.ok(messages.includes(name), name);
  }
  const frame = body.channels.socket.messages['message.created'].payload;
  t.same(Object.keys(frame.properties), ['event', 'id'], 'an id and nothing else');
});

test('the API page comes whole from this server', async (t) => {
  const app = await startApp(t);
  const page = await fetch(`${app.url}/docs`);
  const html = await page.text();
  t.equal(page.status, 200);
  t.match(page.headers.get('content-security-policy'), "script-src 'self';");
  t.notMatch(html, /(src|href)="https?:/);
  const [, script = ''] = /src="([^"]+)"/.exec(html) ?? [];
  const code = await fetch(new URL(script, page.url));
  t.equal(code.status, 200);
  t.match(code.headers.get('content-type'), 'javascript');
});
