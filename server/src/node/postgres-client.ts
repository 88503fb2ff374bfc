// A bundle of its own: who asks no warehouse does not load it.
export { Client } from 'pg';
