import { catchVariants } from './catch.ts';

catchVariants(4, 8);
