#include <string.h>

#include "log.h"

struct log_field
log_number(const char *key, uint64_t number)
{
	return (struct log_field){
	    .key = key, .kind = LOG_NUMBER, .number = number};
}

struct log_field
log_text(const char *key, const char *text)
{
	return (struct log_field){.key = key,
	    .kind = LOG_TEXT,
	    .text = text,
	    .len = text == NULL ? 0 : strlen(text)};
}

struct log_field
log_bytes(const char *key, const void *p, size_t len)
{
	return (struct log_field){
	    .key = key, .kind = LOG_TEXT, .text = p, .len = len};
}

struct log_field
log_seconds(const char *key, uint64_t ms)
{
	return log_thousandths(key, ms);
}

struct log_field
log_thousandths(const char *key, uint64_t number)
{
	return (struct log_field){
	    .key = key, .kind = LOG_THOUSANDTHS, .number = number};
}

struct log_field
log_safe(const char *key, const char *text)
{
	return (struct log_field){
	    .key = key, .kind = LOG_SAFE, .text = text, .len = strlen(text)};
}

struct log_field
log_errno(int error)
{
	return (struct log_field){
	    .key = "error", .kind = LOG_ERRNO, .number = (uint64_t)error};
}
