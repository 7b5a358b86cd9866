/* The stream of changes. */
#include "north/routes.h"
#include "north/stream.h"

void api_stream(struct api_request *r)
{
    stream_follow(r->stream, r);
}
