/* report: /stats: all that is known of the connection, as notices. */

#ifndef YODEL_REPORT_H
#define YODEL_REPORT_H

struct session;
struct transcript;

/* log_path is that of the log that is written, or NULL. */
void		 report_stats(struct session *, const struct transcript *,
		    const char *log_path);

#endif
