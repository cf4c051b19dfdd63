import type { FuzzFrame } from './frame.ts';
import { bytesOf } from './http-lane.ts';
import type { FuzzRequest } from './request.ts';

/** Bytes of a case that are shown; the seed and the number of it make the rest again. */
const SHOWN = 1_500;

/** For a shell: every byte as it was, but for the token, which has ended with the server. */
export function commandLine(request: FuzzRequest, url: string, accessToken: string): string {
  const { hostname, port } = new URL(url);
  const bytes = bytesOf(request).toString('latin1').replaceAll(accessToken, '$TOKEN');
  const how = request.delivery === 'whole' ? '' : ` # ${request.delivery}`;
  return `printf "${quoted(bytes)}" | nc ${hostname} ${port}${how}`;
}

export const frameLine = ({ data, isBinary, pieces }: FuzzFrame): string =>
  `${isBinary ? 'binary' : 'text'} frame${pieces > 1 ? ` in ${pieces} pieces` : ''}: "${quoted(data.toString('latin1'))}"`;

function quoted(bytes: string): string {
  const half = SHOWN / 2;
  if (bytes.length <= SHOWN) return escaped(bytes);
  const left = bytes.length - SHOWN;
  return `${escaped(bytes.slice(0, half))}" "… ${left} bytes more …" "${escaped(bytes.slice(-half))}`;
}

const escaped = (bytes: string): string =>
  bytes.replaceAll(/[^ -~]|["\\%`]/g, (character) => {
    if (character === '%') return '%%';
    return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  });
