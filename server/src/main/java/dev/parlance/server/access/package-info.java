/**
 * Who may use the server, and how much of it: API keys, what each key may do, the limits it is held
 * to, and how the outside is let in. Entry types: {@link dev.parlance.server.access.AccessControl},
 * {@link dev.parlance.server.access.Security}. Knows nothing of HTTP beyond the value of one
 * header.
 *
 * <p>Threads: safe. Limits live in memory and begin anew with the program.
 */
package dev.parlance.server.access;
