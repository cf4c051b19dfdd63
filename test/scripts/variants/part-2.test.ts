import { catchVariants } from './catch.ts';

catchVariants(1, 8);
