/* version: what --version says. */

#ifndef YODEL_VERSION_H
#define YODEL_VERSION_H

#define YODEL_VERSION	"0.1.0"

#endif
