/** Where this run's safety system is, as the supervisor hands it over. */
export interface SisLinkConfig {
  /** UDP port of 127.0.0.1 to which it sends its snapshot. */
  readonly udp_port: number
  /** Its configuration file: names behind the numbers, compared with the hash that runs. */
  readonly config_path: string
  /** Its line for requests; absent: it is looked at only. The key file holds the secret of this line as it stands. */
  readonly write?: { readonly host: string; readonly port: number; readonly key_path: string }
  /** What `flyball sis live-table` wrote; absent: `sis-live-table.json` in the gateway's data folder, where it is there. */
  readonly live_table_path?: string
}
