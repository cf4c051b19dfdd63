/** A fetch that keeps cookies and names its origin, as a browser does for one page; `forget` empties the jar. */
export function browserFetch(origin: string) {
  const jar = new Map<string, string>();
  const send: typeof fetch = async (input, init) => {
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const answer = await fetch(input, { ...init, headers: { ...init?.headers, origin, cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
  return { fetch: send, jar };
}
