import { pick } from '../seed/random.ts';
import type { Command } from './api-document.ts';
import { nastyText, nastyValue, spoil, toJson } from './nasty.ts';
import { twist } from './twist.ts';
import { type Source, validValue } from './valid.ts';

/** What goes over a socket at once. */
export interface FuzzFrame {
  data: Buffer;
  isBinary: boolean;
  /** In how many pieces it goes. */
  pieces: number;
  /** Close codes with which the server may answer it: what breaks RFC 6455 itself, or is too long. Empty: it must answer. */
  closes: readonly number[];
}

/** Bytes of one frame that a server takes; AsyncAPI has no word for it. */
const MAX_FRAME = 65_536;
const TOO_LARGE = 4413;
const NOT_UTF8 = 1007;

const text = (data: string | Buffer): FuzzFrame => {
  const bytes = Buffer.from(data);
  const closes = bytes.length > MAX_FRAME ? [TOO_LARGE] : isUtf8(bytes) ? [] : [NOT_UTF8];
  return { data: bytes, isBinary: false, pieces: 1, closes };
};

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** A frame of the command, valid or not quite; `number` makes its reference one of its own. */
export function makeFrame({ schema }: Command, source: Source, number: number): FuzzFrame {
  const { random } = source;
  const valid = { ...(validValue(schema, 'conversations', source) as object), ref: `r${number}` };
  const kind = random();
  if (kind < 0.45) return text(toJson(valid));
  if (kind < 0.75) return text(toJson(twist(valid, schema, random)));
  if (kind < 0.85) return text(toJson({ ...valid, ref: oddReference(source) }));
  if (kind < 0.92) return text(spoil(toJson(valid), random));
  if (kind < 0.94) return { ...text(toJson(valid)), pieces: pick(random, [2, 5, 20]) };
  if (kind < 0.96) return { ...text(toJson(valid)), isBinary: true };
  if (kind < 0.98)
    return text(
      toJson({
        ...valid,
        command: pick(random, [nastyText(random), `${Object(valid)['command']} `]),
      }),
    );
  if (kind < 0.985) return text(toJson({ ...valid, long: 'x'.repeat(MAX_FRAME) }));
  return text(toJson(nastyValue(random)));
}

const oddReference = ({ random }: Source): unknown =>
  pick(random, [
    '',
    'a'.repeat(64),
    'a'.repeat(65),
    '😀'.repeat(32),
    '😀'.repeat(33),
    nastyValue(random),
  ]);
