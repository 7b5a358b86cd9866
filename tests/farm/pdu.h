/* pdu.h - the answer to one PDU: GET, GETNEXT and GETBULK over a view. */
#ifndef FARM_PDU_H
#define FARM_PDU_H

#include "tests/farm/encode.h"
#include "tests/farm/fault.h"
#include "wire/message.h"

/* Where the columns of a GETBULK stand; reused. */
struct pdu_work {
    struct spot spots[MESSAGE_VARBINDS_MAX];
    bool ended[MESSAGE_VARBINDS_MAX];
};

/* A question, and where the varbinds of the answer go. */
struct pdu_job {
    const struct mib *mib;
    struct view *view;
    const struct pdu *asked;
    bool v1;
    uint32_t faults; /* bits of enum fault that strike the agent */
    const struct faults *settings;
    struct pdu_work *work;
    struct varbind_list *list;
};

/* The answer; its varbinds are in the list. */
struct pdu_answer {
    int32_t status, index;
    bool echo; /* the varbinds of the request are sent back instead */
};

/* False for what is not answered at all. */
bool pdu_respond(const struct pdu_job *job, struct pdu_answer *out)
    __attribute__((warn_unused_result));

#endif
