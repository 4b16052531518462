/**
 * Who computes when: requests become sequences, sequences share the steps of one engine thread.
 * Entry type: {@link dev.parlance.engine.scheduler.EngineLoop}. Everything else is owned by the
 * engine thread, but for {@code RequestStream}, which hands events to the request's thread.
 */
package dev.parlance.engine.scheduler;
