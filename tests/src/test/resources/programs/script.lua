-- Tables, closures, coroutines, string patterns, the collector, files, protected calls.
local t = {} for i = 1, 20000 do t[i] = (i * 7919) % 20011 end table.sort(t) print(t[1], t[#t], select('#', table.unpack(t, 1, 100)))
local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i * i) end end) print(co(), co(), co())
print(("key=value; other=thing"):gsub("(%w+)=(%w+)", "%2=%1")) print(string.pack("<i4", 7):byte(1, -1))
for i = 1, 50 do local garbage = {} for k = 1, 1000 do garbage[k] = tostring(k) end end collectgarbage() print(collectgarbage("count") < 10000)
local f = assert(io.open("lua.txt", "w")) f:write("one\ntwo\n") f:close() for line in io.lines("lua.txt") do io.write(line, ".") end print()
print(select(2, pcall(function() error({ code = 5 }) end)).code) print(select(2, pcall(string.rep))) os.exit(4)
