# A program that refuses all that it is asked.
number=0
while read -r _; do
    number=$((number + 1))
    echo "{\"type\": \"error\", \"in_reply_to\": $number, \"code\": 12, \"text\": \"no pools here\"}"
done
