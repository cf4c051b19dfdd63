import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { vapidSettings } from '../support/push-service.ts';
import { BODIES, listRoutes, type Route } from './routes.ts';
import { MEMBERS, makeWorld, OUT, OUTSIDERS, type Role, type World } from './world.ts';

const EMOJI = encodeURIComponent('👍');

/** Of the members, who may; where the route says only that some role is needed. */
const ALLOWED: Record<string, readonly Role[]> = {
  'PATCH /messages/{id}': ['member'],
  'DELETE /messages/{id}': ['member', 'moderator', 'owner'],
  'PATCH /conversations/{id}': ['moderator', 'owner'],
  'DELETE /conversations/{id}': ['owner'],
};
/** Where it depends on who is meant; here it is somebody who is no member. */
const ON_OTHERS: Record<string, readonly Role[]> = {
  'PUT /conversations/{id}/members/{username}': ['moderator', 'owner'],
  'DELETE /conversations/{id}/members/{username}': ['moderator', 'owner'],
};
/** To be called by nobody in a matrix: they end what the next call needs, and have tests of their own. */
const LAST_CALLS = new Set(['POST /auth/logout', 'POST /auth/logout-all', 'DELETE /users/me']);

/** What the `{id}` of this route is of. */
function kindOf({ path }: Route): keyof World['objects'] | undefined {
  if (!/\{(id|username)\}/.test(path)) return undefined;
  if (path.startsWith('/auth/sessions')) return 'session';
  if (path.startsWith('/push/')) return 'subscription';
  if (/^\/(admin\/)?messages/.test(path)) return 'message';
  if (/^\/(conversations\/\{id\}|admin\/rooms)/.test(path)) return 'conversation';
  return 'user';
}

const addressOf = ({ path }: Route, object: string, username = 'target'): string =>
  path
    .replace(/\{(id|username)\}/, encodeURIComponent(object))
    .replace('{username}', username)
    .replace('{emoji}', EMOJI);

for (const store of storeNames) {
  test(`every route, as everybody, on everything, in ${store}`, async (t) => {
    const app = await startApp(t, { store, env: vapidSettings() });
    const routes = await listRoutes(app);
    const world = await makeWorld(app);
    const { users, objects } = world;
    const call = (route: Route, address: string, token: string | undefined) => {
      const json = BODIES[route.name];
      return app.request(route.method, address, json ? { token, json } : { token });
    };
    const isSecret = (answer: { body: unknown }) =>
      JSON.stringify(answer.body).includes(world.secret);

    t.test('each says who may call it, and the matrix knows a body for it', async (t) => {
      t.ok(routes.length >= 55, `${routes.length} routes`);
      for (const route of routes) {
        t.match(
          route.access,
          /^(anyone|user|visitor|member|sender|moderator|owner|admin)$/,
          route.name,
        );
        if (route.needsBody) t.ok(BODIES[route.name], `a body for ${route.name}`);
      }
      const names = new Set(routes.map(({ name }) => name));
      for (const name of [...Object.keys(BODIES), ...Object.keys(ALLOWED), ...LAST_CALLS])
        t.ok(names.has(name), `${name} is a route`);
    });

    t.test('whoever has no good token gets a 401, whatever it is about', async (t) => {
      const before = await world.snapshot();
      for (const route of routes.filter(({ access }) => access !== 'anyone')) {
        const kind = kindOf(route);
        const all = kind ? [...objects[kind].theirs, ...objects[kind].none] : [''];
        for (const role of OUT) {
          for (const object of all) {
            const answer = await call(route, addressOf(route, object), world.tokens[role]);
            if (answer.status !== 401 || answer.body.code !== 'unauthenticated')
              t.match(answer, { status: 401 }, `${role}: ${route.name} ${object}`);
          }
        }
        t.pass(route.name);
      }
      t.equal(await world.snapshot(), before, 'and changes nothing');
    });

    t.test('whoever is no member can tell nothing from what is not there', async (t) => {
      const before = await world.snapshot();
      const restricted = routes.filter(
        ({ access }) => !['anyone', 'user', 'admin'].includes(access),
      );
      for (const route of restricted) {
        const kind = kindOf(route) ?? 'conversation';
        for (const role of OUTSIDERS) {
          const token = users[role].accessToken;
          const none = await call(
            route,
            addressOf(route, objects[kind].none[0] ?? '', role),
            token,
          );
          t.match(none, { status: 404, body: { code: 'not_found' } }, `${role}: ${route.name}`);
          for (const object of [...objects[kind].theirs, ...objects[kind].none]) {
            for (const username of ['target', role, 'owner']) {
              const answer = await call(route, addressOf(route, object, username), token);
              t.same(
                [answer.status, { ...answer.body, requestId: '' }],
                [404, { ...none.body, requestId: '' }],
                `${role}: ${route.name} ${object} ${username}`,
              );
              if (!route.path.includes('{username}')) break;
            }
          }
        }
      }
      t.equal(await world.snapshot(), before, 'and changes nothing');
    });

    t.test('what is for admins is not there for others', async (t) => {
      const before = await world.snapshot();
      for (const route of routes.filter(({ access }) => access === 'admin')) {
        const kind = kindOf(route);
        for (const role of [...OUTSIDERS, ...MEMBERS].filter((role) => role !== 'admin')) {
          for (const object of kind ? objects[kind].theirs : ['']) {
            const answer = await call(route, addressOf(route, object), users[role].accessToken);
            t.match(answer, { status: 404, body: { code: 'not_found' } }, `${role}: ${route.name}`);
          }
        }
        if (route.method !== 'GET') continue;
        const object = kind ? (objects[kind].theirs[0] ?? '') : '';
        t.equal((await call(route, addressOf(route, object), users.admin.accessToken)).status, 200);
      }
      t.equal(await world.snapshot(), before, 'and changes nothing');
    });

    t.test('calls for everybody show nobody what is not theirs', async (t) => {
      const before = await world.snapshot();
      const open = routes.filter(
        ({ access, name }) => ['user', 'anyone'].includes(access) && !LAST_CALLS.has(name),
      );
      for (const route of open) {
        const kind = kindOf(route);
        for (const role of OUTSIDERS) {
          const { theirs, none } = kind ? objects[kind] : { theirs: [''], none: [] };
          for (const object of [...theirs, ...none]) {
            const address = addressOf(route, object) + queryOf(route, world);
            const answer = await call(route, address, users[role].accessToken);
            t.ok(answer.status < 500, `${role}: ${route.name} ${object} ${answer.status}`);
            t.notOk(isSecret(answer), `${role}: ${route.name} shows nothing`);
            if (kind === 'session' || kind === 'subscription')
              t.equal(answer.status, 404, `another's ${kind}`);
            if (none.includes(object)) t.equal(answer.status, 404, `${route.name} ${object}`);
          }
        }
      }
      t.equal(await world.snapshot(), before, 'and changes nothing of theirs');
    });

    t.test('members may do what is for members, and what their role allows', async (t) => {
      const restricted = routes.filter(
        ({ access }) => !['anyone', 'user', 'admin'].includes(access),
      );
      for (const route of restricted) {
        for (const role of MEMBERS) {
          const room = await world.makeRoom();
          const object = kindOf(route) === 'message' ? room.message : room.id;
          const isRemoval = route.name === 'DELETE /conversations/{id}/members/{username}';
          const address = addressOf(
            route,
            object,
            isRemoval && role !== 'member' ? 'member' : 'target',
          );
          const { status } = await call(route, address, users[role].accessToken);
          const allowed = ON_OTHERS[route.name] ?? ALLOWED[route.name] ?? MEMBERS;
          if (allowed.includes(role))
            t.ok(status >= 200 && status < 300, `${role}: ${route.name}: ${status}`);
          else t.equal(status, 403, `${role}: ${route.name}`);
        }
      }
    });
  });
}

/** What asks for more than an address says. */
function queryOf({ name }: Route, { room, direct, secret }: World): string {
  if (name === 'GET /messages') return `?ids=${room.message},${room.deleted},${direct}-1`;
  if (name === 'GET /messages/search') return `?q=${secret}`;
  return '';
}
