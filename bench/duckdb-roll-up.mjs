// DuckDB's roll-up of a FOCUS export by day, team and service, in decimals: what the benchmark holds the ledger against.
import { writeFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const [file, answer] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const types = "{'BilledCost': 'DECIMAL(30,10)', 'Tags': 'VARCHAR'}";
const found = await connection.runAndReadAll(
  `select concat(cast(ChargePeriodStart as date), '|', coalesce(json_extract_string(Tags, '$.team'), 'null'), '|', ServiceName), cast(sum(BilledCost) as varchar) from read_csv('${file}', header = true, types = ${types}) group by 1`,
);
writeFileSync(answer, JSON.stringify(found.getRows()));
