/* SPDX-License-Identifier: Apache-2.0 */
/* What cppcheck, which reads no foreign headers, must know of jansson's loops. Only tests/lint/lint.sh includes it. */
#define json_array_foreach(array, index, value)                                                                        \
    for (index = 0; index < json_array_size(array) && (value = json_array_get(array, index)) != 0; index++)
#define json_object_foreach(object, key, value)                                                                        \
    for (key = json_first_key(object, &value); key != 0; key = json_next_key(object, key, &value))
