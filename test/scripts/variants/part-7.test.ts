import { catchVariants } from './catch.ts';

catchVariants(6, 8);
