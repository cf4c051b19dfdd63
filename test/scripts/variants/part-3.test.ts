import { catchVariants } from './catch.ts';

catchVariants(2, 8);
