/** The global object of a service worker, of which TypeScript cannot know that this is one. */
export const worker = globalThis as unknown as ServiceWorkerGlobalScope;
