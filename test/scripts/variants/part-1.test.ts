import { catchVariants } from './catch.ts';

catchVariants(0, 8);
