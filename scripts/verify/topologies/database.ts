import { createConnection } from 'mysql2/promise';

/** For a user without the privileges that would make read-only mean nothing. */
export async function createDatabase(url: string): Promise<void> {
  const connection = await createConnection(url);
  await connection.query('CREATE DATABASE doorbell');
  await connection.query("CREATE USER doorbell@'127.0.0.1' IDENTIFIED BY 'doorbell'");
  await connection.query("GRANT ALL ON doorbell.* TO doorbell@'127.0.0.1'");
  await connection.end();
}
