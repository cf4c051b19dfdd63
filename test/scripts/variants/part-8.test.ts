import { catchVariants } from './catch.ts';

catchVariants(7, 8);
