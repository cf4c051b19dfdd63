import { catchVariants } from './catch.ts';

catchVariants(3, 8);
