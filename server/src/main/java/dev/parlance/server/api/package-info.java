/**
 * What the endpoints of OpenAI's dialect share: the error envelope, the reader of request fields,
 * the table that says how each field is treated, usage, and the reading of generations. Endpoints
 * live in the packages below and do not know each other.
 */
package dev.parlance.server.api;
