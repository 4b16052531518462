package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.syntax.Statement;
import dev.parlance.engine.chat.template.value.Arguments;
import dev.parlance.engine.chat.template.value.BooleanValue;
import dev.parlance.engine.chat.template.value.DictValue;
import dev.parlance.engine.chat.template.value.FunctionValue;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.NoneValue;
import dev.parlance.engine.chat.template.value.ObjectValue;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.TupleValue;
import dev.parlance.engine.chat.template.value.Undefined;
import dev.parlance.engine.chat.template.value.Value;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A macro, or the body of a call block. */
final class MacroValue implements FunctionValue, ObjectValue {
    /** The values a macro's variables start with. */
    record Parameters(Map<String, Value> values) {}

    private final String name;
    private final List<String> parameters;
    private final boolean mentionsCaller;
    private final boolean catchesNamed;
    private final boolean catchesPositional;
    private final Function<Parameters, Text> body;

    MacroValue(String name, Statement.Function function, Function<Parameters, Text> body) {
        this.name = name;
        this.parameters = function.parameters().stream().map(Statement.Parameter::name).toList();
        this.mentionsCaller = function.scope().specialParameters().contains("caller");
        this.catchesNamed = catches(function, "kwargs");
        this.catchesPositional = catches(function, "varargs");
        this.body = body;
    }

    private boolean catches(Statement.Function function, String special) {
        return function.scope().specialParameters().contains(special)
                && !parameters.contains(special);
    }

    @Override
    public Value call(Arguments arguments) {
        List<Value> positional = arguments.positional();
        Map<String, Value> named = new LinkedHashMap<>(arguments.named());
        Map<String, Value> values = new LinkedHashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            Value value = i < positional.size() ? positional.get(i) : named.remove(parameter);
            values.put(parameter, value == null ? Undefined.MISSING : value);
        }
        if (mentionsCaller && !parameters.contains("caller")) {
            Value caller = named.remove("caller");
            boolean none = caller == null || caller == NoneValue.NONE;
            values.put("caller", none ? Undefined.because("No caller defined") : caller);
        }
        if (catchesNamed) {
            values.put("kwargs", DictValue.ofNames(named));
        } else if (!named.isEmpty()) {
            throw JinjaException.operation(
                    "macro '"
                            + name
                            + "' takes no keyword argument '"
                            + named.keySet().iterator().next()
                            + "'");
        }
        int surplus = Math.max(0, positional.size() - parameters.size());
        if (catchesPositional) {
            values.put(
                    "varargs",
                    TupleValue.of(
                            new ArrayList<>(
                                    positional.subList(
                                            positional.size() - surplus, positional.size()))));
        } else if (surplus > 0) {
            throw JinjaException.operation(
                    "macro '"
                            + name
                            + "' takes not more than "
                            + parameters.size()
                            + " argument(s)");
        }
        return body.apply(new Parameters(values));
    }

    @Override
    public @Nullable Value attribute(String attribute) {
        return switch (attribute) {
            case "name" -> Text.trusted(name);
            case "arguments" ->
                    TupleValue.of(parameters.stream().<Value>map(Text::trusted).toList());
            case "catch_kwargs" -> BooleanValue.of(catchesNamed);
            case "catch_varargs" -> BooleanValue.of(catchesPositional);
            case "caller" -> BooleanValue.of(mentionsCaller);
            case "explicit_caller" -> BooleanValue.of(parameters.contains("caller"));
            default -> null;
        };
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String typeName() {
        return "Macro";
    }

    @Override
    public boolean isTrue() {
        return true;
    }
}
