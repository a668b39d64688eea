# Completion of kata(1) for fish. What fits is for the program to say.

function __kata_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l kata (string replace -r '^~' $HOME -- $words[1])
    # The name of a file stands behind "--output=" too.
    set -l before (string match -r -- '^--[^=]*=' $current)
    set -l name (string replace -r -- '^--[^=]*=' '' $current)

    for line in ($kata complete -- $words[2..] "$current" 2>/dev/null)
        switch $line
            case :file
                printf "$before%s\n" (__fish_complete_path "$name")
            case :dir
                printf "$before%s\n" (__fish_complete_directories "$name")
            case '*'
                printf '%s\n' $line
        end
    end
end

complete -c kata -f -a '(__kata_complete)'
