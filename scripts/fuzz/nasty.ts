import { indexOf, pick, type Random } from '../seed/random.ts';

/**
 * A text that stands in JSON as what is between the signs, without quotes: numbers that JavaScript cannot hold, and
 * what is no JSON at all.
 */
const raw = (text: string): string => `@raw:${text}@`;

/** JSON in which raw texts stand for themselves. */
export const toJson = (value: unknown): string =>
  (JSON.stringify(value) ?? '').replace(/"@raw:([^"@]*)@"/g, '$1');

// None of these may look like the inside of a server, which is searched for in what comes back.
const texts = [
  ...['', ' ', '\t\n', '\0', 'a\0b', '\ufeff', '\u2028', '\u200b', '\u00ad', '\u2060\u2060'],
  ...['\ud800', '\udc00', 'a\ud83d', '\udfffb', '\ud800\ud800', '\uffff', '\u{10ffff}'],
  ...[
    '\u202egnp.exe',
    '\u2066a\u2069',
    '\u200f',
    '👨‍👩‍👧‍👦',
    '🏳️‍🌈',
    '👍🏿',
    '🇩🇪',
    '😀'.repeat(64),
    '\u{1f9d1}\u200d',
  ],
  ...[
    'e\u0301'.repeat(40),
    `a${'\u0300'.repeat(300)}`,
    'аdmin',
    'аnа',
    'ı',
    'İ',
    'ß',
    'ﬃ',
    'ﷺ',
    'Å',
  ],
  ...[
    "'",
    '"',
    '\\',
    '`',
    "' OR '1'='1",
    "'; -- ",
    "\\'; #",
    '%',
    '_',
    '%_%',
    '\\%',
    '%%%%',
    '*',
    '"*',
    '"a',
    '((',
    '+-~<>',
  ],
  ...[
    '../../etc/passwd',
    '..%2f..%2f',
    '%2e%2e%2f',
    '%252e%252e',
    '%c0%ae%c0%ae',
    '%00',
    '%',
    '%zz',
    '/',
    '//',
    '.',
    '..',
  ],
  ...[
    '<script>alert(1)</script>',
    '{{7*7}}',
    '%s%n',
    'a\r\nx-injected: 1',
    '\r\n\r\n',
    '\u001b[31m',
    '\u0085',
  ],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '[object Object]',
    'null',
    'undefined',
    'me',
  ],
  ...[
    '0',
    '-1',
    '-0',
    '1.5',
    '1e3',
    '1e400',
    'NaN',
    '0x10',
    '１２',
    '٣',
    ' 1',
    '1 ',
    '01',
    '2147483648',
    '9007199254740993',
  ],
  ...[
    '18446744073709551616',
    '1-',
    '-1',
    '1-0',
    '1--1',
    '1-1-1',
    '01-1',
    '1-9007199254740993',
    '99999999999999999999-1',
    '1,1',
  ],
  ...[
    ',',
    ',,',
    '1-1,',
    `${'1-1,'.repeat(200)}1-1`,
    'eyJhbGciOiJub25lIn0.e30.',
    'true',
    'false',
    '[]',
    '{}',
    '[1]',
    '{"a":1}',
  ],
  ...[
    'a'.repeat(33),
    'a'.repeat(65),
    'a'.repeat(129),
    'a'.repeat(301),
    '😀'.repeat(4_000),
    'ab '.repeat(1_500),
    'x'.repeat(60_000),
  ],
];

const numbers = [
  ...[-1, 0, 1, 1.5, -0.5, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e21, -(2 ** 63)],
  ...[
    '-0',
    '1e400',
    '-1e400',
    '1e-400',
    '9007199254740993',
    '18446744073709551616',
    '1E+2',
    '0.1e1',
    '1.0',
  ].map(raw),
  ...['NaN', 'Infinity', '0x10', '01', '.5', '1.', '+1'].map(raw),
];

/** Own properties of these names, as JSON.parse makes them. */
const prototypes = [
  '{"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{"isAdmin":true}}}',
  '{"prototype":{"role":"admin"}}',
  '{"toString":1,"valueOf":2,"hasOwnProperty":3}',
].map((text): unknown => JSON.parse(text));

const others: unknown[] = [
  ...[
    null,
    true,
    false,
    [],
    {},
    [[]],
    [null],
    ['a', 1, null],
    [{}],
    { '': '' },
    { length: -1 },
    { 0: 'a', length: 1 },
  ],
  ...prototypes,
  Array.from({ length: 5_000 }, () => null),
  Array.from({ length: 2_000 }, (_, n) => `u${n}`),
  Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`k${n}`, n])),
];

export const nastyText = (random: Random): string => pick(random, texts);

export function nastyValue(random: Random): unknown {
  const kind = random();
  if (kind < 0.5) return nastyText(random);
  if (kind < 0.7) return pick(random, numbers);
  if (kind < 0.97) return pick(random, others);
  return nested(random);
}

/** As deep as a body may be long. */
function nested(random: Random): unknown {
  const depth = pick(random, [100, 5_000, 30_000]);
  if (random() < 0.5) return raw('['.repeat(depth) + ']'.repeat(depth));
  let value: unknown = 1;
  // JSON.stringify goes down by recursion.
  for (let level = 0; level < Math.min(depth, 1_000); level += 1) value = { a: value };
  return value;
}

/** Bytes that are no UTF-8. */
const notUtf8 = [
  [0xff],
  [0xc0, 0xaf],
  [0xe2, 0x82],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0x80],
].map((bytes) => Buffer.from(bytes));

/** What is put in the place of a JSON text, or done to it. */
const spoilers: readonly ((json: string, random: Random) => string | Buffer)[] = [
  () => '',
  () => ' ',
  (json) => json.slice(0, -1),
  (json, random) => json.slice(0, indexOf(random, json.length + 1)),
  (json) => `${json}x`,
  (json) => `${json}${json}`,
  (json) => `${json},`,
  (json) => `\ufeff${json}`,
  (json) => `/* a */${json}`,
  (json) => json.replaceAll('"', "'"),
  (json) => json.replace('{', '{"__proto__":{"a":1},'),
  (json) => json.replace('{', '{"\\u005f_proto__":{"a":1},'),
  (json) => json.replace('{', '{"constructor":{"prototype":{"a":1}},'),
  // Of a key that is there twice the last counts.
  (json) => json.replace(/"([^"\\]+)":/, '"$1":null,"$1":'),
  (json) => json.replace(/"([^"\\]+)":/, '"\\u0000$1":1,"$1":'),
  (json) => `[${json}]`,
  (json) => JSON.stringify(json),
  (json) => `${json}${' '.repeat(65_536)}`,
  (json) => `${' '.repeat(Math.max(0, 65_536 - Buffer.byteLength(json)))}${json}`,
  (json) => Buffer.from(json, 'utf16le'),
  (json, random) => withBytes(json, pick(random, notUtf8), random),
  (_, random) => toJson(pick(random, [...numbers, ...others])),
  () => 'null',
  () => 'a=1&b=2',
  () => '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
];

export const spoil = (json: string, random: Random): Buffer =>
  Buffer.from(pick(random, spoilers)(json, random));

function withBytes(json: string, bytes: Buffer, random: Random): Buffer {
  const at = indexOf(random, json.length + 1);
  return Buffer.concat([Buffer.from(json.slice(0, at)), bytes, Buffer.from(json.slice(at))]);
}
