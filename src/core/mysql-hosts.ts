import {
  type Acquired,
  type ConnectionSource,
  type HostOptions,
  type MysqlHost,
  mysqlHost,
} from './mysql-host.ts';

/** What is before the last @ belongs to all hosts, and so does what follows them. */
const ADDRESS = /^(mysql:\/\/(?:[^/?#]*@)?)([^/?#@]+)(.*)$/;

/** One URL for each host of `mysql://user:password@host:3306,host:3306/database`, in their order. */
export function urlsOfHosts(url: string): string[] {
  const [, before = '', hosts, after = ''] = ADDRESS.exec(url) ?? [];
  if (hosts === undefined) return [url];
  return hosts.split(',').map((host) => before + host + after);
}

/**
 * The hosts of one Galera cluster. Every process uses the first that is up, because writers at
 * different nodes fail each other's certification; whoever asks for a connection is passed on from
 * host to host. A host that is down is left alone until a probe beside the traffic finds it well.
 */
export function connectionsOfHosts(
  urls: readonly string[],
  options: HostOptions,
): ConnectionSource {
  const hosts = urls.map((url) => mysqlHost(url, options));
  let ended = false;

  const acquire = (from: readonly MysqlHost[], acquired: Acquired): void => {
    const [host, ...others] = from;
    host?.connect((outcome) => {
      if ('connection' in outcome) acquired(null, outcome.connection);
      else if (outcome.isDown && others.length > 0 && !ended) acquire(others, acquired);
      else acquired(outcome.error, undefined as never);
    });
  };
  return {
    getConnection(acquired) {
      const first = hosts.findIndex((host) => host.isUp());
      for (const host of hosts.slice(0, Math.max(first, 0))) host.probeAgain();
      // When all are down, each is tried: one of them may have come back.
      const [up, down] = [true, false].map((isUp) => hosts.filter((host) => host.isUp() === isUp));
      acquire([...(up ?? []), ...(down ?? [])], acquired);
    },
    end(done) {
      ended = true;
      const endings = hosts.map((host) => new Promise<void>((resolve) => host.end(resolve)));
      void Promise.all(endings).then(() => done?.(null));
    },
  };
}
