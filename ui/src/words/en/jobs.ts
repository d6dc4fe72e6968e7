// English words of background jobs.
export const jobs = {
  running: "{count, plural, one {# job is running} other {# jobs are running}}",
  all: "All jobs",
  progress: "Progress",
  kinds: {
    segment_rebuild: "Rebuild a segment",
    send_mail: "Send a mail",
    import: "Import",
    rule_action: "Action of a rule",
    segment_flip: "Due segment changes",
  },
};
