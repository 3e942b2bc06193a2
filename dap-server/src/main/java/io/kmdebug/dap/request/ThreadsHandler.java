package io.kmdebug.dap.request;

import com.google.gson.JsonObject;
import io.kmdebug.debugger.ThreadInfo;
import java.util.List;
import org.eclipse.lsp4j.debug.Thread;
import org.eclipse.lsp4j.debug.ThreadsResponse;

/** {@code threads}: all threads of the payload, by tid. */
final class ThreadsHandler implements RequestHandler<JsonObject, ThreadsResponse> {
    @Override
    public String command() {
        return "threads";
    }

    @Override
    public Class<JsonObject> argumentType() {
        return JsonObject.class;
    }

    @Override
    public ThreadsResponse handle(JsonObject arguments, Conversation conversation) {
        List<ThreadInfo> infos = conversation.session().threads();
        Thread[] threads = new Thread[infos.size()];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread();
            threads[i].setId(Math.toIntExact(infos.get(i).id()));
            threads[i].setName(infos.get(i).name());
        }
        ThreadsResponse response = new ThreadsResponse();
        response.setThreads(threads);
        return response;
    }

    @Override
    public String notes() {
        return "Of a Go program its goroutines too, up to 1,000: their ids are negative, and their names say state, thread "
                + "and function. `stackTrace` takes any goroutine's id; a step of one that no thread runs is an error";
    }
}
