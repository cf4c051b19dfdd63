export interface SignInLimits {
  beforeRegistration(address: string): Promise<void>;
  /** Counts failures alone, and before they are known: those under way at once count as well. */
  signIn<T>(address: string, username: string, work: () => Promise<T>): Promise<T>;
  refresh<T>(address: string, work: () => Promise<T>): Promise<T>;
  beforeMail(address: string): Promise<void>;
  /** Whether this mail address gets one more mail. Never throws, so that nobody learns of its other mails. */
  mayMail(email: string): Promise<boolean>;
  redeem<T>(address: string, work: () => Promise<T>): Promise<T>;
  password<T>(userId: number, work: () => Promise<T>): Promise<T>;
}
export const signInLimits = (): SignInLimits => ({
  beforeRegistration: async () => {},
  signIn: (_a, _u, work) => work(),
  refresh: (_a, work) => work(),
  beforeMail: async () => {},
  mayMail: async () => true,
  redeem: (_a, work) => work(),
  password: (_a, work) => work(),
});
