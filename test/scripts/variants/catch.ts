import { test } from 'tap';
import { verify } from '../verify/verify.ts';
import { type Variant, variants } from './variants.ts';

/** Seconds; a sound server needs less: see the tests of those. */
const PATIENCE = '12';
/** Of a plan that comes to the point early. */
const SEED = '5';

/** The promises that the checker finds broken, when it looks for this. */
async function findBroken(name: string, { topology, faults, minutes = 0.08 }: Variant) {
  const module = `${import.meta.resolve('./variant.ts')}?${encodeURIComponent(name)}`;
  const found = await verify(
    ...['--topology', topology, '--faults', faults.join(), '--minutes', String(minutes)],
    ...['--seed', SEED, '--patience', PATIENCE, '--import', module],
  ).catch((error) => error);
  return { code: found.code ?? 0, text: `${found.stdout}\n${found.stderr}` };
}

/** A test for each `parts`-th variant, beginning with the `part`-th: that the checker catches it. */
export function catchVariants(part: number, parts: number): void {
  for (const [index, [name, variant]] of Object.entries(variants).entries()) {
    if (index % parts !== part) continue;
    test(`it is caught when a server ${name}`, async (t) => {
      const { code, text } = await findBroken(name, variant);
      t.equal(code, 1);
      t.match(text, new RegExp(`^BROKEN +${variant.promise}`, 'm'));
    });
  }
}
