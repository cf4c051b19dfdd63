import { catchVariants } from './catch.ts';

catchVariants(5, 8);
