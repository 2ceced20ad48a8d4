/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/common.h"

static const struct schema_node text = { .types = { SCHEMA_STRING } };
static const struct schema_node regex = { .types = { SCHEMA_STRING }, .format = "regex" };
static const struct schema_node date_time = { .types = { SCHEMA_STRING }, .format = "date-time" };
static const struct schema_node count = {
    .keywords = { SCHEMA_KW_TYPE, SCHEMA_KW_PATTERN, SCHEMA_KW_MINIMUM, SCHEMA_KW_MIN_LENGTH },
    .types = { SCHEMA_INTEGER, SCHEMA_STRING },
    .pattern = "^[0-9]*$",
    .minimum = "0",
    .min_length = 1,
};

const struct schema_node schema_query_text = { .types = { SCHEMA_ARRAY }, .items = &text };
const struct schema_node schema_query_regex = { .types = { SCHEMA_ARRAY }, .items = &regex };
const struct schema_node schema_query_date_time = { .types = { SCHEMA_ARRAY }, .items = &date_time };
const struct schema_node schema_query_count = { .types = { SCHEMA_ARRAY }, .items = &count };
