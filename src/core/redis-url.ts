import querystring from 'node:querystring';

export interface RedisAddress {
  host: string;
  port: number;
}

export interface RedisUrl {
  kind: 'single' | 'sentinel' | 'cluster';
  /** The Redis itself, its sentinels, or some nodes of the cluster: the others are learned. */
  nodes: readonly RedisAddress[];
  /** What the sentinels call the master; empty with the other kinds. */
  masterName: string;
  /** Given to sentinels as well; one without passwords of its own lets the default user in with any. */
  username: string | undefined;
  password: string | undefined;
  tls: boolean;
}

const LOGIN = '(?:[^\\s:@/]*:[^\\s:@/]+@)?';
const PORT = '(?:[1-5]?\\d{1,4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';
const ADDRESS = `(?:[\\w.\\-]+|\\[[\\da-fA-F:.]+\\])(?::${PORT})?`;
const ADDRESSES = `${ADDRESS}(?:,${ADDRESS})*`;

/** A database number is let pass, for pub/sub knows no databases. */
export const REDIS_URL_PATTERN = `^rediss?(?:${[
  `://${LOGIN}${ADDRESS}(?:/\\d*)?`,
  `-sentinel://${LOGIN}${ADDRESSES}/[\\w.\\-]+`,
  `-cluster://${LOGIN}${ADDRESSES}/?`,
].join('|')})$`;

export const REDIS_URL_FORMS =
  'redis://host:6379, redis-sentinel://host:26379,host:26379/master or redis-cluster://host:6379,host:6379, ' +
  'each also with rediss and user:password@';

/** Reads what REDIS_URL_PATTERN matches; throws TypeError otherwise, without showing the password. */
export function parseRedisUrl(url: string): RedisUrl {
  if (!new RegExp(REDIS_URL_PATTERN).test(url)) throw new TypeError(`allowed: ${REDIS_URL_FORMS}`);
  const parts = /^redis(s?)-?(\w*):\/\/(?:(.*):(.*)@)?([^/]*)\/?(.*)$/.exec(url) ?? [];
  const [, s, kind, username, password, hosts = '', path = ''] = parts;
  const defaultPort = kind === 'sentinel' ? 26_379 : 6_379;
  return {
    kind: kind === 'sentinel' || kind === 'cluster' ? kind : 'single',
    nodes: hosts.split(',').map((host) => parseAddress(host, defaultPort)),
    masterName: kind === 'sentinel' ? path : '',
    username: username ? querystring.unescape(username) : undefined,
    password: password ? querystring.unescape(password) : undefined,
    tls: s === 's',
  };
}

function parseAddress(text: string, defaultPort: number): RedisAddress {
  const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
  return { host: host.replace(/^\[|\]$/g, ''), port: port ? Number(port) : defaultPort };
}
