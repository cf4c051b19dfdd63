import { localPorts, openFilesLimit } from './memory.ts';

/** Open files and ports besides those of sockets: what clients fetch over, the database, the program. */
const OTHERS = 500;

/** What sockets are spread over: processes of the server, and addresses of clients, each a process too. */
interface Spread {
  processes: number;
  addresses: number;
}

const ONE: Spread = { processes: 1, addresses: 1 };

/** As many sockets as this machine lets be open. */
export const mostSockets = ({ processes, addresses }: Spread = ONE): number =>
  Math.min(
    (openFilesLimit() - OTHERS) * Math.min(processes, addresses),
    (localPorts() - OTHERS) * addresses,
  );

/** Why so many sockets cannot be open here; undefined when they can. Linux only. */
export function obstacleTo(sockets: number, spread: Spread = ONE): string | undefined {
  if (process.platform !== 'linux') return 'A crowd can be measured on Linux only: it reads /proc.';
  if (sockets <= mostSockets(spread)) return undefined;
  const [each, others, files, ports] = [sockets, OTHERS, openFilesLimit(), localPorts()].map(
    (count) => count.toLocaleString('en'),
  );
  return (
    `${each} sockets do not fit. With ${others} for other purposes, they need as many ` +
    `open files, of which a process may have ${files} here (ulimit -n), and as many ports, ` +
    `of which there are ${ports} for an address (net.ipv4.ip_local_port_range).`
  );
}
